// An OpenID provider on loopback for tests: signs in whoever `login_hint` names, without a page to click.
//
//   node oidc.mjs REDIRECT_URI [REDIRECT_URI …]
//
// Environment:
//   CREEL_NODE_MODULES   the folder with npm's oidc-provider
//   OIDC_CLIENT_SECRET   the secret of the one client, whose id is `creel`
//   OIDC_CLIENT_AUTH     how the client shows it at the token endpoint: client_secret_basic (where nothing is set) or
//                        client_secret_post
//
// Prints one line, `listening on http://127.0.0.1:PORT`, which is also the issuer; discovery is where the standard has it.
// Ends on SIGTERM, SIGINT, and when its standard input ends, so with the test that started it: give it a pipe. Keeps everything
// in memory.
//
// The walk is the usual one (authorization code; PKCE with S256 where the client asks for it): follow the redirects from
// the authorization endpoint, keep the cookies of the walk, and the last redirect goes to REDIRECT_URI with `code`, `state` and
// `iss`. Cookies of an earlier walk sign nobody in. The ID token and the userinfo endpoint both have the claims of the scopes
// `email` and `profile`.
//
// `login_hint` is an e-mail address, NAME@HOST or NAME+SUB@HOST. The address is NAME@HOST; the `sub` is SUB, or the address where
// there is none: so two people may have one address, and one person may come with another address than before. NAME says what
// the provider knows of the person:
//   verified@…     email, email_verified: true, name
//   unverified@…   email, email_verified: false, name
//   unsaid@…       email and name, and nothing about whether it was verified
//   addressless@…  name alone
//   denied@…       nothing: the authorization ends with access_denied
// Every other name is like `verified`. Without `login_hint` the authorization ends with access_denied.

import { createHash, generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const modules = process.env.CREEL_NODE_MODULES
const secret = process.env.OIDC_CLIENT_SECRET
const redirects = process.argv.slice(2)
if (!modules || !secret || redirects.length === 0) {
  console.error('usage: CREEL_NODE_MODULES=… OIDC_CLIENT_SECRET=… node oidc.mjs REDIRECT_URI …')
  process.exit(2)
}

// Its greeting would be a second line on standard output.
console.info = console.error
const { default: Provider } = await import(pathToFileURL(join(modules, 'oidc-provider/lib/index.js')).href)

// By their `sub`, as they came last.
const people = new Map()

function person(hint) {
  const [, name, sub, host] = /^([^+@]+)(?:\+([^@]+))?@(.+)$/.exec(hint) ?? [null, hint, undefined, 'shop.example']
  const email = `${name}@${host}`
  const claims = { sub: sub ?? email, email, email_verified: true, name: `${name} of ${host}` }
  if (name === 'unverified') claims.email_verified = false
  if (name === 'unsaid') delete claims.email_verified
  if (name === 'addressless') { delete claims.email; delete claims.email_verified }
  return claims
}

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const key = { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'test' }

const configuration = {
  clients: [{
    client_id: 'creel',
    client_secret: secret,
    redirect_uris: redirects,
    grant_types: ['authorization_code'],
    response_types: ['code'],
    token_endpoint_auth_method: process.env.OIDC_CLIENT_AUTH ?? 'client_secret_basic',
  }],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  // Most providers write what they know into the ID token as well.
  conformIdTokenClaims: false,
  cookies: { keys: [createHash('sha256').update(secret).digest('hex')] },
  features: { devInteractions: { enabled: false } },
  findAccount: (_ctx, sub) => people.has(sub) ? { accountId: sub, claims: () => people.get(sub) } : undefined,
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  jwks: { keys: [key] },
  pkce: { required: () => false },
  // Whoever signs in agrees to everything that the client asks for.
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({ accountId: ctx.oidc.session.accountId, clientId: ctx.oidc.client.clientId })
    grant.addOIDCScope(ctx.oidc.params.scope ?? 'openid')
    await grant.save()
    return grant
  },
  ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 60, Session: 600 },
}

async function interact(provider, request, response) {
  const { params } = await provider.interactionDetails(request, response)
  const hint = params.login_hint
  const finish = (result) => provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false })
  if (!hint) return finish({ error: 'access_denied', error_description: 'login_hint is missing' })
  if (/^denied[@+]/.test(hint)) return finish({ error: 'access_denied', error_description: 'the person said no' })
  const claims = person(hint)
  people.set(claims.sub, claims)
  return finish({ login: { accountId: claims.sub, remember: false } })
}

const server = createServer()
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`
  const provider = new Provider(issuer, configuration)
  provider.on('server_error', (_ctx, error) => console.error(error))
  const rest = provider.callback()
  server.on('request', (request, response) => {
    // Whoever signed in before is forgotten; the cookies that are left belong to the walk at hand.
    const cookies = (request.headers.cookie ?? '').split('; ').filter((cookie) => !cookie.startsWith('_session'))
    request.headers.cookie = cookies.join('; ')
    if (!request.url.startsWith('/interaction/')) return rest(request, response)
    interact(provider, request, response).catch((error) => {
      response.writeHead(400, { 'content-type': 'text/plain' }).end(`${error.message}\n`)
    })
  })
  process.stdout.write(`listening on ${issuer}\n`)
})

const end = () => process.exit(0)
process.on('SIGTERM', end)
process.on('SIGINT', end)
process.stdin.on('end', end).resume()
