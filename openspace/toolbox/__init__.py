"""The tool box: guides to what people do together, to be read, printed, and run step by step with a clock."""
