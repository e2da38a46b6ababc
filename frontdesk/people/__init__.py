"""Staff: who they are to visitors, and how they first sign in."""
