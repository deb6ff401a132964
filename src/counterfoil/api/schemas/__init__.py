"""What is sent to the API, and what it answers, for validation and for the OpenAPI document."""
