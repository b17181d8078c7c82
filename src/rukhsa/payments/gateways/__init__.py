"""The payment gateways, each behind the same port."""
