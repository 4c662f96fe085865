"""What a study has found, drawn from its one typed answer: a section of the page, tables, figures."""
