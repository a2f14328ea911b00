"""tenants_by_api.py BUILD: whatever OpenAPI offers, nobody gets at what is another's

One tenant fills up with an object of every kind. Then each path that names an object is asked, by
each of its methods: by the administrator and a user of another tenant, for whom it does not exist,
and by a user of the same tenant, to whom it does not belong. What they name in bodies and queries
instead is refused, their lists and live events do not show it, and what its owner reads is the same
before and after. At last its owner asks all of that and gets it, or the test would prove nothing. A
path that is added must be told here what its ids name.
"""
import contextlib
import http.client
import json
import os
import re
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '../bench'))
from portal import V1, Person, nouns, operations, picture, sound  # noqa: E402
from whole import Daemon, Phones, number  # noqa: E402

DEST = {'kind': 'extension', 'target': '1001'}
PLATFORM = ('trunks', 'out-routes', 'rate-plans', 'rates')  # nouns that no tenant has
# What all of a tenant may look at: the path begins so
SHARED = ('GET /api/v1/cover-pages/', 'POST /api/v1/cover-pages/')
OF_FIELD = {'extensionId': 'extensions', 'documentId': 'fax-documents', 'documentIds':
            'fax-documents', 'coverPageId': 'cover-pages', 'greetingId': 'greetings', 'musicId': 'sounds',
            'trunkId': 'trunks', 'tenantId': 'tenants', 'planId': 'rate-plans', 'ratePlanId': 'rate-plans'}
QUERIES = ('/voicemail?extensionId={extensions}', '/call-blocks?extensionId={extensions}',
           '/received-faxes.zip?ids={received-faxes}', '/voicemail?cursor={voicemail}')


class House:
    """A tenant, who is who in it, and the ids of its objects by the noun of the API"""

    def __init__(self, d, domain, owner, fax, extension='1001'):
        self.d, self.domain, self.fax, self.ids = d, domain, fax, {}
        self.admin = Person(d.http, 'admin@' + domain)
        self.owner = Person(d.http, f'{owner}@{domain}')
        self.extension = self.owner.me['extension']['id']
        self.ids['extensions'] = self.ids['mailboxes'] = self.extension
        self.ids['users'] = self.owner.me['user']['id']
        self.ids['tenants'] = self.owner.me['tenant']['id']
        assert self.owner.me['extension']['number'] == extension

    def fill(self):
        """An object of each kind that can be made by a request"""
        a, o, ids = self.admin, self.owner, self.ids
        for path, body in (
                ('call-flows', {'number': '81', 'name': 'Flow', 'day': DEST, 'night': DEST}),
                ('time-conditions', {'name': 'Hours', 'rules': [], 'open': DEST, 'closed': DEST}),
                ('dnc', {'number': '+14155550999'}),
                ('cover-pages', {'name': 'Letter', 'template': '{{to_name}}'}),
                ('ring-groups', {'number': '620', 'name': 'Group', 'members': [
                    {'number': '1001'}]}),
                ('queues', {'number': '621', 'name': 'Queue', 'agents': [
                    {'number': '1001'}], 'emptyNext': DEST}),
                ('sounds?kind=music&name=Tune', sound(2))):
            ids[path.split('?')[0]] = a.make('/' + path, body)['id']
        a.get(f'/cover-pages/{ids["cover-pages"]}/logo', 'PUT', picture())
        block = {'extensionId': self.extension, 'kind': 'number', 'pattern': '+14155550777'}
        ids['call-blocks'] = o.make('/call-blocks', block)['id']
        ids['greetings'] = o.make('/mailboxes/mine/greetings?name=Hello', sound(2))['id']
        o.make('/mailboxes/mine/spoken-name', sound())
        ids['devices'] = a.get(f'/extensions/{self.extension}')['devices'][0]['id']
        ids['phone/session'] = o.make('/phone/session', {'deviceName': 'Page'})['deviceId']
        ids['me/sessions'] = o.get('/me/sessions')['rows'][0]['id']
        ids['dids'] = next(one['id'] for one in a.get('/dids')['rows'] if one['kind'] == 'voice')
        pdf = open(os.path.join(HERE, 'fax.pdf'), 'rb').read()
        ids['fax-documents'] = o.make('/fax-documents?name=secret.pdf', pdf)['id']

    def fax_self(self):
        """The fax goes to the owner's own fax number, and so is sent and received"""
        o, ids = self.owner, self.ids
        self.until(lambda: o.get('/fax-documents/' + ids['fax-documents'])['state'] == 'ready')
        ids['faxes'] = o.make('/faxes', {'documentId': ids['fax-documents'], 'to': self.fax})['id']
        self.until(lambda: o.get('/faxes/' + ids['faxes'])['state'] == 'sent')
        self.until(lambda: o.get('/received-faxes')['rows'])
        ids['received-faxes'] = o.get('/received-faxes')['rows'][0]['id']

    def happened(self):
        """Calls, a recording, a message, a mail"""
        a, o, ids = self.admin, self.owner, self.ids
        ids['calls'] = o.get('/calls?limit=1')['rows'][0]['id']
        ids['voicemail'] = o.get('/voicemail')['rows'][0]['id']
        self.until(lambda: a.get('/recordings')['rows'] and a.get('/mail')['rows'])
        ids['recordings'] = a.get('/recordings')['rows'][0]['id']
        ids['live-calls'] = a.get('/live-calls')['rows'][0]['id']
        ids['mail'] = a.get('/mail')['rows'][0]['id']
        self.desk_call()

    def desk_call(self):
        """One rings at a time, and for half a minute"""
        status, _, raw = self.owner.ask('POST', '/phone/desk-call', {'to': '1003'})
        if status == 201:
            self.ids['desk-call'] = json.loads(raw)['callId']

    @staticmethod
    def until(what, patience=90):
        end = time.monotonic() + patience
        while not what():
            if time.monotonic() > end:
                raise SystemExit('it did not come about')
            time.sleep(0.2)

    def path(self, operation):
        """The path with ids in it"""
        path, named = operation.path, nouns(operation.path)
        for what, parameter in named:
            before = path.split('/' + what + '/{')[0].rpartition('/')[2]
            key = next((k for k in (f'{before}/{what}', what) if k in self.ids), None)
            if parameter in ('page', 'number'):
                path = path.replace('{' + parameter + '}', '1')
            elif key is None:
                raise SystemExit(f'{operation}: what is {parameter}? Make one in this test')
            else:
                path = path.replace('{' + parameter + '}', self.ids[key], 1)
        return path


class Events(threading.Thread):
    """What a page of somebody hears"""

    def __init__(self, person):
        super().__init__(daemon=True)
        self.person, self.heard = person, b''
        self.start()

    def run(self):
        c = http.client.HTTPConnection('127.0.0.1', self.person.port)
        c.request('GET', V1 + '/events', headers={'Cookie': self.person.cookie})
        answer = c.getresponse()
        with contextlib.suppress(http.client.IncompleteRead, ConnectionError):  # the program ends
            while True:
                self.heard += answer.read1(65536)


class Trial:
    def __init__(self, d):
        self.d, self.wrong, self.asked = d, [], 0

    def expect(self, who, method, path, body, good):
        status, _, raw = who.ask(method, path, body)
        self.asked += 1
        if status not in good:
            self.wrong.append(f'{who.email} {method} {path} {str(body)[:200]}: {status} '
                              f'{raw[:200]}, not {good}')
        return status, raw

    def objects(self, all_of_them, mine, strangers, colleague):
        for op in (one for one in all_of_them if '{' in one.path):
            path, body = mine.path(op), op.body()
            for who in strangers:
                self.expect(who, op.method, path, body,
                            (403,) if op.permission == 'platform' else (404, 403)
                            if who.me['user']['role'] == 'user' else (404,))
            if not str(op).startswith(SHARED):
                self.expect(colleague, op.method, path, body, (403, 404))

    def fields(self, all_of_them, mine, other):
        """Ids in bodies: the other tenant names ours where its own belong"""
        for op in all_of_them:
            for name in [one for one in op.fields if re.search('Ids?$', one)]:
                if name not in OF_FIELD:
                    raise SystemExit(f'{op}: what is {name}? Tell this test')
                if op.permission == 'platform':
                    continue
                own = {one: other.ids[OF_FIELD[one]] for one in op.fields
                       if re.search('Id$', one) and one in op.schema.get('required', [])}
                foreign = mine.ids[OF_FIELD[name]]
                own[name] = [foreign] if name.endswith('s') else foreign
                if 'to' in op.fields:
                    own['to'] = '+14155550123'
                if 'email' in op.schema.get('required', []):
                    own.update(email='new@' + other.domain)
                raw = self.expect(other.admin, op.method, other.path(op), op.body(**own),
                                  (404, 422))[1]
                fields = json.loads(raw or b'{}').get('fields', {name: ''})
                if name not in fields:
                    self.wrong.append(f'{op}: {raw[:200]} is not about {name}')

    def lists(self, all_of_them, who, secrets):
        """No list of theirs shows what is not theirs"""
        paths = [one.path for one in all_of_them if one.method == 'GET' and '{' not in one.path
                 and one.signed and not one.path.endswith('/events')]
        seen = 0
        for path in paths:
            status, _, raw = who.ask('GET', path + '?limit=100')
            seen += status == 200
            self.shows(f'{who.email} GET {path}', raw, secrets)
        if seen < 12:
            self.wrong.append(f'{who.email} has {seen} lists')

    def shows(self, what, raw, secrets):
        for name, secret in secrets.items():
            if secret.encode() in raw:
                self.wrong.append(f'{what} shows {name} {secret}')

    def owner(self, all_of_them, mine):
        """The owner, or else the administrator, is answered; what deletes comes last"""
        rank = {'GET': 0, 'PUT': 1, 'PATCH': 1, 'POST': 2, 'DELETE': 3}
        for op in sorted((one for one in all_of_them if '{' in one.path and
                          one.permission != 'platform'), key=lambda one: rank[one.method]):
            if '/desk-call/' in op.path:
                mine.desk_call()
            path, body = mine.path(op), op.body()
            status, raw = 0, b''
            for who in (mine.owner, mine.admin):
                if status in (0, 403, 404):
                    status, _, raw = who.ask(op.method, path, body)
            if status in (403, 404) or status >= 500 or op.method == 'GET' and status != 200:
                self.wrong.append(f'the owner: {op}: {status} {raw[:200]}')


def read_all(all_of_them, house):
    """What the owner and the administrator read of each object, but for the moment they ask"""
    got = {}
    for op in (one for one in all_of_them if one.method == 'GET' and '{' in one.path):
        for who in (house.owner, house.admin):
            path = house.path(op)
            status, _, raw = who.ask('GET', path)
            if status == 200 and not path.endswith('/report'):  # a report is dated
                got[who.email, path] = re.sub(rb'"(at|expiresAt)":\d+|"presence":"[a-z]*"', b'', raw)
    return got


def calls(d, house):
    """A call that was recorded, and one that is still there"""
    for one in house.admin.get('/extensions?limit=100')['rows']:
        if one['number'] == number(0):
            house.admin.get(f'/extensions/{one["id"]}', 'PATCH', {'recording': 'all'})
    phones = Phones(d)
    phones.register([number(i) for i in range(4)] + ['1001'])
    phones.establish(1)
    time.sleep(1.5)
    phones.hang_up()
    phones.establish(1)
    return phones


def main(build):
    settings = {'CARILLON_MAIL_HOST': '127.0.0.1', 'CARILLON_MAIL_PORT': '9',
                'CARILLON_MAIL_TLS': 'none', 'CARILLON_MAIL_FROM': 'pbx@localhost'}
    with Daemon(build, 4, **settings) as d:
        northwind = House(d, 'northwind.localhost', 'maya', '+14155550111')
        harbor = House(d, 'harbor.localhost', 'ana', '+16285550199')
        colleague = Person(d.http, 'tom@northwind.localhost')
        root = Person(d.http, 'admin@localhost')
        events = [Events(harbor.admin), Events(harbor.owner)]
        harbor.fill()
        northwind.fill()
        northwind.fax_self()
        house_of_platform(root, northwind)
        standing = calls(d, northwind)
        Person.ask(colleague, 'POST', '/auth/forgot', {'email': 'maya@northwind.localhost'})
        northwind.happened()
        trial(d, northwind, harbor, colleague, events)
        standing.out.close()


def house_of_platform(root, house):
    house.ids['trunks'] = root.get('/trunks')['rows'][0]['id']
    plan = house.ids['rate-plans'] = root.get('/rate-plans')['rows'][0]['id']
    house.ids['rates'] = root.get(f'/rates?planId={plan}')['rows'][0]['id']
    root.get('/me/tenant', 'PUT', {'tenantId': house.ids['tenants']})
    house.ids['out-routes'] = root.get('/out-routes')['rows'][0]['id']


def trial(d, northwind, harbor, colleague, events):
    all_of_them = operations(northwind.admin)
    secrets = {name: one for name, one in northwind.ids.items() if name not in PLATFORM}
    private = {name: one for name, one in secrets.items() if name not in (
        'tenants', 'extensions', 'mailboxes', 'cover-pages')}
    t = Trial(d)
    before = read_all(all_of_them, northwind)
    t.objects(all_of_them, northwind, (harbor.admin, harbor.owner), colleague)
    t.fields(all_of_them, northwind, harbor)
    for path in QUERIES:
        for who in (harbor.admin, harbor.owner):
            raw = who.ask('GET', path.format(**northwind.ids))[2]
            t.shows(f'{who.email} {path}', raw, secrets)
    for who in (harbor.admin, harbor.owner):
        t.lists(all_of_them, who, dict(secrets, domain='northwind'))
    t.lists(all_of_them, colleague, private)
    after = read_all(all_of_them, northwind)
    t.wrong += [f'{path} changed: {before[path]} {after.get(path)}' for path in before
                if before[path] != after.get(path)]
    t.owner(all_of_them, northwind)
    for one in events:
        t.shows(one.person.email + ' hears', one.heard, secrets)
    if not all(b'data:' in one.heard for one in events):
        t.wrong.append('nobody heard anything')
    print(f'{t.asked} requests of strangers, {len(all_of_them)} operations')
    if t.wrong:
        raise SystemExit('\n'.join(t.wrong))


if __name__ == '__main__':
    main(*sys.argv[1:])
