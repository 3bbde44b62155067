package payouts

// InSteps is a cashier whose transactions do at most so much, to stop between them.
func (c Cashier) InSteps(units int) Cashier {
	c.units = units
	return c
}

// ParseIBAN and Reference are tried with anything.
var (
	ParseIBAN = parseIBAN
	Reference = reference
)
