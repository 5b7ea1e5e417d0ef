"""The door for students: JupyterLab, opened at a welcome page that knows how far they are."""
