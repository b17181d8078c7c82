"""What the verifier's pages may load and do (Content Security Policy, Trusted Types)."""

from typing import Final

from django.utils.csp import CSP

# Everything comes from this site; only its modules run as scripts, and none is made from text (Trusted Types).
POLICY: Final = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    # data: for icons in style sheets, and for a picture that the site verified;
    # blob: for a picture that the device verified.
    "img-src": [CSP.SELF, "data:", "blob:"],
    "connect-src": [CSP.SELF],
    "worker-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "require-trusted-types-for": ["'script'"],
    "trusted-types": ["rukhsa"],  # the one policy, for the addresses of the two workers (workers.js)
}
