"""Who may decide what: mandates that two people sign, and the deputies of people who are away."""
