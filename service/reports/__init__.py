"""Papers that leave the product: bulletins as workbooks and tables."""
