import { describe, expect, it } from 'vitest'
import { createScrubber } from '../../../src/config/scrubber.ts'

const SECRET = 'canary/SECRET+with="odd"&chars?x9Z'

function scrub(text: string, secret = SECRET): string {
  const scrubber = createScrubber()
  scrubber.learn(secret)
  return scrubber.scrub(text)
}

describe('a known secret', () => {
  it.each([
    ['as it is', SECRET],
    ['in a URL', `https://x.example/a?key=${encodeURIComponent(SECRET)}&b=1`],
    ['in a lower-case URL', encodeURIComponent(SECRET).toLowerCase()],
    ['in a form', new URLSearchParams({ key: SECRET }).toString()],
    ['in JSON', JSON.stringify({ deep: [{ key: SECRET }] })],
    ['in JSON in JSON', JSON.stringify({ body: JSON.stringify({ key: SECRET }) })],
    ['in hex', Buffer.from(SECRET).toString('hex')],
    ['in HEX', Buffer.from(SECRET).toString('hex').toUpperCase()],
    ['in base64', Buffer.from(SECRET).toString('base64')],
    ['in base64url', Buffer.from(SECRET).toString('base64url')],
    ['in a basic header', `Basic ${Buffer.from(`user:${SECRET}`).toString('base64')}`],
    ['in a longer base64', Buffer.from(`ab${SECRET}, and more`).toString('base64')],
    ['in a longer base64 of another phase', Buffer.from(`abc${SECRET}, and more`).toString('base64')],
  ])('is gone %s', (_, text) => {
    const clean = scrub(`before ${text} after`)
    expect(clean).toContain('***')
    expect(clean.startsWith('before ')).toBe(true)
    expect(clean.toLowerCase()).not.toContain(SECRET.toLowerCase())
    // No run of the spelling that is long enough to be of use.
    for (let i = 0; i + 16 <= text.length; i++) {
      const run = text.slice(i, i + 16)
      if (/^https|^Basic|more/.test(run)) continue
      expect(clean.includes(run) && isOfSecret(run)).toBe(false)
    }
  })

  it('leaves other text alone, and short values are not taken for secrets', () => {
    const scrubber = createScrubber()
    scrubber.learn('abc')
    scrubber.learn('')
    const text = 'abc {"key":"value"} nothing here: a key, a secret, a password'
    expect(scrubber.scrub(text)).toBe(text)
  })
})

/** Whether these characters stand for bytes of the secret in any of the spellings. */
function isOfSecret(run: string): boolean {
  const decoded = [run, decodeLoose(run), Buffer.from(run, 'hex').toString(), Buffer.from(run, 'base64').toString()]
  return decoded.some((text) => {
    for (let i = 0; i + 6 <= text.length; i++) if (SECRET.includes(text.slice(i, i + 6))) return true
    return false
  })
}

function decodeLoose(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}

describe('what an exchange makes for a moment', () => {
  it.each([
    [
      'binanceusdm GET https://fapi.example/fapi/v1/order?symbol=BTCUSDT&timestamp=1&signature=a1b2c3d4e5f6a7b8',
      'a1b2c3d4e5f6',
    ],
    ['{"listenKey":"pqia91ma19a5s61cv6a81va65sdf19v8"}', 'pqia91ma'],
    ['{\\"listenKey\\":\\"pqia91ma19a5s61cv6a81va65sdf19v8\\"}', 'pqia91ma'],
    ['wss://fstream.example/ws/pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8', 'pqia91ma'],
    ['headers { "X-MBX-APIKEY": "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zv" }', 'vmPUZE6m'],
    ['OK-ACCESS-SIGN: ODc2NTQzMjE9PT0', 'ODc2NTQz'],
    ['X-BAPI-SIGN=deadbeefdeadbeef', 'deadbeef'],
    ['authorization: Bearer abcdefghijkl', 'abcdefgh'],
  ])('%s', (text, hidden) => {
    const clean = createScrubber().scrub(text)
    expect(clean).toContain('***')
    expect(clean).not.toContain(hidden)
  })
})
