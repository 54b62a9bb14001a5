"""Ipsilon, the OpenID provider of Fedora, with its form for tests: any user, the password `ipsilon`.
FOLDER for what it stores, and the seconds for which its access tokens hold. It prints its address and
stays until it is killed."""

import os
import runpy
import sys

import cherrypy
from cheroot.wsgi import Server
from ipsilon.tools import dbupgrade
from jwcrypto.jwk import JWK, JWKSet

# As the installer of Ipsilon writes them, without HTTPS and on one host.
SETTINGS = """
[global]
base.dir = "{files}"
template_dir = "templates"
admin.config.db = "configfile://{folder}/plugins.conf"
user.prefs.db = "sqlite:///{folder}/users.sqlite"
transactions.db = "sqlite:///{folder}/transactions.sqlite"
cleanup_interval = 30
debug = False
engine.autoreload.on = False
db.conn.log = False
db.echo = False
tools.sessions.on = True
tools.sessions.storage_type = "file"
tools.sessions.storage_path = "{folder}"
tools.sessions.secure = False
"""
PLUGINS = """
[login_config]
global enabled = testauth
[authz_config]
global enabled = allow
[provider_config]
global enabled = openidc
openidc endpoint url = {url}/openidc/
openidc database url = sqlite:///{folder}/tokens.sqlite
openidc static database url = sqlite:///{folder}/clients.sqlite
openidc enabled extensions =
openidc idp key file = {folder}/keys.json
openidc idp sig key id = signing
openidc idp subject salt = salt
openidc access token lifetime = {seconds}
"""


def write(name, text):
    with open(name, "w", encoding="utf-8") as file:
        file.write(text)


folder, seconds = os.path.abspath(sys.argv[1]), int(sys.argv[2])
os.chdir(folder)
server = Server(("127.0.0.1", 0), None)
server.prepare()
url = f"http://localhost:{server.bind_addr[1]}"
keys = JWKSet()
keys.add(JWK(generate="RSA", size=2048, use="sig", kid="signing"))
write("keys.json", keys.export())
write("plugins.conf", PLUGINS.format(folder=folder, url=url, seconds=seconds))
files = os.path.join(sys.prefix, "share", "ipsilon")
write("ipsilon.conf", SETTINGS.format(folder=folder, files=files))
dbupgrade.execute_upgrade("ipsilon.conf")
program = os.path.join(sys.prefix, "bin", "ipsilon")
address, sys.stdout = sys.stdout, sys.stderr
server.wsgi_app = runpy.run_path(program, run_name="wsgi")["application"]
cherrypy.server.unsubscribe()
cherrypy.engine.start()
print(url, file=address, flush=True)
server.serve()
