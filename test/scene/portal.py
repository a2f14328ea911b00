"""portal.py: people of the demo at the API, and whatever OpenAPI says that may be asked"""
import http.client
import io
import json
import re
import struct
import wave
import zlib

V1 = '/api/v1'
TEXT, BYTES = 'application/json', 'application/octet-stream'


class Person:
    """Somebody who is signed in"""

    def __init__(self, port, email, password='carillon-demo'):
        self.port, self.email, self.cookie, self.csrf = port, email, '', ''
        head, body = self.ask('POST', '/login', {'email': email, 'password': password})[1:]
        self.cookie = head['Set-Cookie'].split(';')[0]
        self.me = json.loads(body)
        self.csrf = self.me['csrf']

    def ask(self, method, path, body=None):
        """Status, headers and body of the answer"""
        raw = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        c = http.client.HTTPConnection('127.0.0.1', self.port, timeout=30)
        c.request(method, (V1 + path).replace(V1 + V1, V1), raw, {
            'Content-Type': BYTES if isinstance(body, bytes) else TEXT, 'Cookie': self.cookie,
            'X-CSRF-Token': self.csrf})
        answer = c.getresponse()
        got = answer.status, answer.headers, answer.read()
        c.close()
        return got

    def get(self, path, method='GET', body=None):
        """What is answered with 2xx, read as JSON"""
        status, _, raw = self.ask(method, path, body)
        if status // 100 != 2:
            raise SystemExit(f'{self.email} {method} {path}: {status} {raw[:300]}')
        return json.loads(raw or b'null')

    def make(self, path, body):
        return self.get(path, 'POST', body)


def sound(seconds=1):
    """A WAV file of a plain tone"""
    file = io.BytesIO()
    with wave.open(file, 'wb') as w:
        w.setnchannels(1)
        w.setsampwidth(2)
        w.setframerate(8000)
        w.writeframes(struct.pack('<hhhh', 0, 9000, 0, -9000) * (2000 * seconds))
    return file.getvalue()


def picture(width=64):
    """A white PNG"""
    def chunk(kind, data):
        return (struct.pack('>I', len(data)) + kind + data +
                struct.pack('>I', zlib.crc32(kind + data)))
    rows = (b'\0' + b'\xff' * width) * width
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', width, width, 8, 0, 0, 0, 0))
            + chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))


class Operation:
    """A method of a path, as OpenAPI describes it"""

    def __init__(self, method, path, described):
        self.method, self.path = method.upper(), path
        self.permission = described.get('x-permission', '')
        self.signed = 'security' in described
        content = described.get('requestBody', {}).get('content', {})
        self.file = BYTES in content
        self.schema = content.get(TEXT, {}).get('schema', {})
        self.fields = self.schema.get('properties', {})

    def __str__(self):
        return f'{self.method} {self.path}'

    def body(self, **own):
        """What its fields take; `own` wins"""
        if self.file:
            return picture() if 'logo' in self.path else sound()
        if not self.fields:
            return None
        return dict({name: sample(self.fields[name])
                     for name in self.schema.get('required', list(self.fields)[:1])}, **own)


def sample(f):
    kind = f['type'][0] if isinstance(f['type'], list) else f['type']
    if isinstance(f['type'], list):
        return None
    if kind == 'string':
        return f['enum'][0] if 'enum' in f else '7' * max(2, f.get('minLength', 0))
    if kind == 'object':
        return {name: sample(one) for name, one in f['properties'].items()}
    return {'integer': f.get('minimum', 0), 'boolean': False, 'array': []}[kind]


def operations(person):
    paths = person.get('/openapi.json')['paths']
    return [Operation(method, path, described) for path, methods in paths.items()
            for method, described in methods.items()]


def nouns(path):
    """What the ids of a path name: of /a/{x}/b/{y} a is x and b is y"""
    return re.findall(r'([\w-]+)/\{(\w+)\}', path)
