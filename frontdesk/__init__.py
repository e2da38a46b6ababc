"""The front desk: receives visitors, keeps the record, calls people in. The only part of this project that the internet sees."""
