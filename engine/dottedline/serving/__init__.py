"""The advice as a service: what HTTP and assistants offer rests on the same operations."""
