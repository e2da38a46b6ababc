"""The visitors' API. What it promises: `openapi.yml`."""
