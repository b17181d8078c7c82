"""The officer's examination: findings, referrals, inspections, and the decision."""
