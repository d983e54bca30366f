import type { RouteConfig } from '@hono/zod-openapi'
import { z } from '@hono/zod-openapi'
import { jsonAnswer, jsonBody, problemAnswers } from '../http/schemas.ts'
import {
  account,
  authPrefix,
  done,
  email,
  foreign,
  invitation,
  nobody,
  refused,
  revoked,
  security,
  session,
  signedIn,
  wrong,
} from './auth-schemas.ts'
import { waysIn } from './describe-ways-in.ts'

const prefix = authPrefix
const tags = ['Sign-in']

const ofSession = (answer: ReturnType<typeof jsonAnswer>) => ({ 200: answer, ...nobody, ...foreign })

const operations: Omit<RouteConfig, 'tags'>[] = [
  {
    method: 'post',
    path: `${prefix}/email-otp/send-verification-otp`,
    summary: 'Mails a code that signs in',
    request: jsonBody(z.object({ email, type: z.literal('sign-in'), invitation })),
    responses: {
      200: jsonAnswer('Mailed, whether or not the address has an account', done),
      ...problemAnswers('rate_limited', 'overloaded'),
      ...wrong,
      ...foreign,
    },
  },
  {
    method: 'post',
    path: `${prefix}/sign-in/email-otp`,
    summary: 'Signs in by a code; the first time makes the account',
    description: 'The session is in a cookie, and in the header `set-auth-token` for who uses none.',
    request: jsonBody(z.object({ email, otp: z.string(), name: z.string().optional(), invitation })),
    responses: {
      200: jsonAnswer('Signed in, or asked for the second factor', signedIn),
      ...problemAnswers('rate_limited', 'overloaded'),
      ...wrong,
      403: refused('The code was tried too often, or a cookie came from an origin that is not trusted'),
    },
  },
  {
    method: 'post',
    path: `${prefix}/sign-out`,
    summary: 'Ends the session',
    responses: { 200: jsonAnswer('Signed out, or nobody was signed in', done), ...foreign },
  },
  {
    method: 'get',
    path: `${prefix}/get-session`,
    summary: 'Who is signed in',
    responses: { 200: jsonAnswer('Null for nobody', z.object({ session, user: account }).nullable()) },
  },
  {
    method: 'get',
    path: `${prefix}/list-sessions`,
    summary: 'One’s own sessions',
    security,
    responses: { 200: jsonAnswer('All that live', z.array(session)), ...nobody },
  },
  {
    method: 'post',
    path: `${prefix}/revoke-session`,
    summary: 'Ends one of one’s own sessions',
    security,
    request: jsonBody(z.object({ token: z.string() })),
    responses: { ...ofSession(jsonAnswer('Ended, or it was none of one’s own', revoked)), ...wrong },
  },
  {
    method: 'post',
    path: `${prefix}/revoke-sessions`,
    summary: 'Ends all of one’s own sessions',
    security,
    responses: ofSession(jsonAnswer('Ended', revoked)),
  },
  {
    method: 'post',
    path: `${prefix}/revoke-other-sessions`,
    summary: 'Ends one’s own sessions but this one',
    security,
    responses: ofSession(jsonAnswer('Ended', revoked)),
  },
  {
    method: 'get',
    path: `${prefix}/token`,
    summary: 'A JWT of the session, good for 15 minutes',
    security,
    responses: { 200: jsonAnswer('Issued', z.object({ token: z.string() })), ...nobody },
  },
  {
    method: 'get',
    path: `${prefix}/jwks`,
    summary: 'The keys that verify a JWT (RFC 7517)',
    responses: {
      200: jsonAnswer(
        'The public keys',
        z.object({ keys: z.array(z.looseObject({ kid: z.string(), kty: z.string() })) }),
      ),
    },
  },
]

/** The routes of better-auth that are open, described by hand. */
export const authOperations: readonly RouteConfig[] = [...operations, ...waysIn].map((one) => ({
  ...one,
  tags,
}))
