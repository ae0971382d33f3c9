"""The settings of a Django application that opens tickets as conversations."""

ALLOWED_HOSTS = ["desk.example", "127.0.0.1", "localhost"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "desk.sqlite3"}}
DEBUG = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = ["desk"]
ROOT_URLCONF = "desk.urls"
SECRET_KEY = "not secret"
USE_TZ = True
