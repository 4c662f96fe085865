"""What a person looks at: tables, plots and pages, drawn from scores alone."""
