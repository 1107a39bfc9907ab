const SECRET_NAME = /key|secret|password|passphrase|token/i
const SECRET_IN_TEXT = /([\w-]*(?:key|secret|password|passphrase|token)[\w-]*["']?[ \t]*[:=][ \t]*)[^\s,}][^,}\r\n]*/gi

export const MASK = '***'

/** Whether a value under this key must never be shown. */
export const isSecretName = (key: string): boolean => SECRET_NAME.test(key)

/** The text without the values of keys that name a secret. */
export const maskText = (text: string): string => text.replace(SECRET_IN_TEXT, `$1${MASK}`)

/** The value without its secrets; null stays, because it says that none is set. */
export function maskSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskSecrets)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      isSecretName(key) && inner !== null && typeof inner !== 'object' ? MASK : maskSecrets(inner),
    ]),
  )
}
