"""The command line: parses, calls the library, renders. Only this layer prints and exits."""
