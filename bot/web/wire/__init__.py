"""What crosses the wire as JSON: `asked` comes in, `answered` goes out. OpenAPI is made from these models."""
