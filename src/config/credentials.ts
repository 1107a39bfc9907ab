import { createHash } from 'node:crypto'
import { problem, type Problem } from '../domain/problem.ts'
import { processScrubber } from './scrubber.ts'

/** What signs requests. Lives outside the configuration and is handed to the one adapter that signs. */
export interface Credentials {
  readonly key: string
  readonly secret: string
  /** Third part of the key, where the exchange has one (okx calls it passphrase). */
  readonly password: string | null
}

type Variables = Readonly<Record<string, string | undefined>>

const KEY = 'LODESTONE__EXCHANGE__KEY'
const SECRET = 'LODESTONE__EXCHANGE__SECRET'
const PASSWORD = 'LODESTONE__EXCHANGE__PASSWORD'
const NAMES: readonly string[] = [KEY, SECRET, PASSWORD]

const isName = (name: string): boolean => NAMES.includes(name.toUpperCase())

/**
 * Reads the exchange's keys; both halves or neither. Messages name variables, never values, and from here on nothing that
 * this process writes can hold them.
 */
export function readCredentials(variables: Variables): {
  readonly credentials: Credentials | null
  readonly problems: readonly Problem[]
} {
  const given = new Map(Object.entries(variables).map(([name, value]) => [name.toUpperCase(), value?.trim() ?? '']))
  const key = given.get(KEY) ?? ''
  const secret = given.get(SECRET) ?? ''
  const password = given.get(PASSWORD) ?? ''
  for (const value of [key, secret, password]) processScrubber.learn(value)
  if (key === '' && secret === '' && password === '') return { credentials: null, problems: [] }
  const problems: Problem[] = []
  if (key === '') problems.push(problem('half_a_key', KEY, 'a secret is set, but no key', `Set ${KEY} too`))
  if (secret === '') problems.push(problem('half_a_key', SECRET, 'a key is set, but no secret', `Set ${SECRET} too`))
  for (const [name, value] of [
    [KEY, key],
    [SECRET, secret],
    [PASSWORD, password],
  ] as const)
    if (/[\s\p{Cc}]/u.test(value))
      problems.push(problem('broken_key', name, 'the value holds a space or control character', 'Copy it once more'))
  return problems.length > 0
    ? { credentials: null, problems }
    : { credentials: { key, secret, password: password === '' ? null : password }, problems }
}

/** The variables that the configuration may see. */
export const withoutCredentials = (variables: Variables): Variables =>
  Object.fromEntries(Object.entries(variables).filter(([name]) => !isName(name)))

/**
 * The name of an account for directories, locks and confirmations: `binanceusdm-demo-1f3a9c20`. Different keys are
 * different accounts here; the digits come from the key's hash and do not reveal it.
 */
export const accountName = (exchange: string, environment: string, key: string | null): string =>
  key === null ? `${exchange}-${environment}` : `${exchange}-${environment}-${digitsOf(key)}`

const digitsOf = (key: string): string =>
  createHash('sha256').update(`lodestone account\n${key}`).digest('hex').slice(0, 8)

/** Whether an account of this name may be that of the key: those of other keys are not. */
export const mayBeOf = (account: string, key: string): boolean =>
  !/-[0-9a-f]{8}$/.test(account) || account.endsWith(`-${digitsOf(key)}`)
