"""Who saw, searched, took, revealed, exported, changed or erased what, and when. Only added to, never changed."""
