"""The file formats that tables are read from: one module each, found through the registry."""
