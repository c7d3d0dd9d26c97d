"""What is declared: the configuration with its servers, keys, prices and chat platforms, and the personas."""
