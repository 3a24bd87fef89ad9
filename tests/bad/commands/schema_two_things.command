schema profile --into schemas
