"""The components named in `config.yml`, from a visitor's characters to what they asked."""
