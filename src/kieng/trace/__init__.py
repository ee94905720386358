"""Why a number is what it is: its trail, and a bundle that makes it again elsewhere."""
