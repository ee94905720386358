"""What a WSGI server calls."""

import os

from django.core.wsgi import get_wsgi_application

from kieng.records.disk import owner_only

owner_only()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kieng.web.settings")
application = get_wsgi_application()
