import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { LiveTerms } from './live-terms.ts'

const VERSION = 'arm1'
const PATTERN = /^arm1\.([0-9a-z]{6,12})\.([\w-]{43})$/
/** A token that lives longer is a standing permission to lose money. */
export const MAX_TOKEN_HOURS = 24 * 30

/**
 * A confirmation for unattended starts: it stands for exactly these terms, this configuration and these keys until
 * `expires` (epoch ms). It can only be made with the exchange's secret and says nothing about it, so that having seen a
 * token gives nothing to somebody without the keys.
 */
export function armToken(terms: LiveTerms, secret: string, expires: number): string {
  const time = Math.floor(expires).toString(36)
  return `${VERSION}.${time}.${mac(terms, secret, time).toString('base64url')}`
}

/** Why the token does not arm these terms now; `null` when it does. */
export function tokenRefusal(token: string, terms: LiveTerms, secret: string, now: number): string | null {
  const [, time = '', given = ''] = PATTERN.exec(token) ?? []
  if (time === '') return 'the confirmation token is not one: make it with lodestone arm'
  const wanted = mac(terms, secret, time)
  const got = Buffer.from(given, 'base64url')
  if (got.length !== wanted.length || !timingSafeEqual(got, wanted))
    return 'the confirmation token was made for another configuration, account or key: look at the terms and arm again'
  const expires = Number.parseInt(time, 36)
  if (!(expires > now)) return `the confirmation token expired at ${new Date(expires).toISOString()}: arm again`
  return null
}

function mac(terms: LiveTerms, secret: string, time: string): Buffer {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'lodestone arm', 32))
  return createHmac('sha256', key)
    .update([VERSION, time, terms.account, terms.configHash, terms.worstCaseUsd, terms.maxLossUsd].join('\n'))
    .digest()
}
