"""The pages: a Django project over one workspace. ``door.py`` alone opens its stores."""
