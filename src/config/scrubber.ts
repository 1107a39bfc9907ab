import { MASK } from './secret.ts'

/** Shorter ones are no secrets, and masking them would make every text unreadable. */
const MIN_LENGTH = 6
/** An account has three; a process trades a handful at most. */
const MAX_SECRETS = 64

/** What exchanges call the things that must not be seen, whatever their value: those of a moment are not known before. */
const NAMED =
  /\b(signature|listen_?key|x-mbx-apikey|x-bapi-(?:api-key|sign)|ok-access-(?:key|sign|passphrase)|api_?key|authorization)(\\?["']?\s*[=:]\s*\\?["']?(?:bearer |basic )?)([^\s"'&,;}\\]{6,})/gi
const STREAM_PATH = /(\/ws\/)[A-Za-z0-9]{40,}/g

export interface Scrubber {
  /** Makes every later text free of this value. */
  learn(secret: string): void
  /** Lets a value be seen that this process has made in order to tell it. */
  allow(value: string): void
  /** The text without secrets, in whatever spelling they stand in it. */
  scrub(text: string): string
}

/** The last thing any text passes before it leaves the process: knows the secrets themselves, not where they may stand. */
export function createScrubber(): Scrubber {
  const known = new Set<string>()
  const allowed = new Set<string>()
  let spellings: RegExp | undefined

  return {
    learn(secret) {
      if (secret.length < MIN_LENGTH || known.has(secret) || known.size >= MAX_SECRETS) return
      known.add(secret)
      const all = [...known].flatMap(spellingsOf).toSorted((a, b) => b.length - a.length)
      spellings = new RegExp([...new Set(all)].map((each) => escaped(each)).join('|'), 'gi')
    },
    allow(value) {
      allowed.add(value)
    },
    scrub(text) {
      const masked = spellings === undefined ? text : text.replace(spellings, MASK)
      return masked
        .replace(NAMED, (whole: string, name: string, between: string, value: string) =>
          allowed.has(value) ? whole : `${name}${between}${MASK}`,
        )
        .replace(STREAM_PATH, `$1${MASK}`)
    },
  }
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')

/** The same bytes as URLs, JSON, headers and dumps spell them. */
function spellingsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret)
  const json = JSON.stringify(secret).slice(1, -1)
  return [
    secret,
    json,
    JSON.stringify(json).slice(1, -1),
    encodeURIComponent(secret),
    new URLSearchParams({ s: secret }).toString().slice(2),
    bytes.toString('hex'),
    ...base64Spellings(bytes),
  ]
}

/** Base64 of the bytes wherever they begin within a longer text, such as `user:secret` of a header. */
function base64Spellings(bytes: Buffer): readonly string[] {
  return [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    // Characters that also hold bits of what stands before or behind are not the secret's own.
    const start = Math.ceil((before * 8) / 6)
    const end = Math.floor(((before + bytes.length) * 8) / 6)
    const inner = text.slice(start, end)
    return inner.length < MIN_LENGTH ? [] : [inner, inner.replaceAll('+', '-').replaceAll('/', '_')]
  })
}

/** Of this process: whatever reads a secret teaches it here, whatever writes asks it. */
export const processScrubber: Scrubber = createScrubber()
