"""Figures drawn by matplotlib and seaborn from the report model."""
