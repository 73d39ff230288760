"""What customers write: a template grammar per topic, with planted identifiers."""
