// A certified provider of OpenID Connect (oidc-provider) on loopback, for tests: any name signs in, with any password, and has the
// address NAME@shop.example, verified unless the name begins with "unverified". Prints its issuer when it listens, and ends when
// its input does.
//
//   CREEL_NODE_MODULES=… node oidc.mjs [PORT]

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const CALLBACK = '/sign-in/oidc/callback';
const redirects = [`https://creel.example${CALLBACK}`, `http://127.0.0.1${CALLBACK}`];
const { default: Provider } = await import(pathToFileURL(join(process.env.CREEL_NODE_MODULES, 'oidc-provider/lib/index.js')).href);

const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });

const server = createServer();
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{
      client_id: 'creel',
      client_secret: 'a secret of the client',
      // A native client may come back to any port of loopback.
      application_type: 'native',
      redirect_uris: redirects,
      grant_types: ['authorization_code'],
      response_types: ['code'],
    }],
    cookies: { keys: [randomBytes(32).toString('hex')] },
    jwks: { keys: [{ ...key, kid: 'one', use: 'sig', alg: 'RS256' }] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, email: `${id}@shop.example`, email_verified: !id.startsWith('unverified'), name: `Name of ${id}` }),
    }),
    ttl: { Session: 3600, Interaction: 3600, Grant: 3600, AccessToken: 600, IdToken: 600 },
  });
  server.on('request', provider.callback());
  console.log(issuer);
});
process.stdin.on('end', () => process.exit()).resume();
