"""What officers, agencies and inspectors see and do."""
