"""What to ask each make of device, as YAML: variables, tables, metric names, units."""
