/** With a capital first letter, as a sentence begins. */
export const capitalised = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`

/** What is written to stand within another text, as a sentence of its own. */
export const sentence = (text: string): string => `${capitalised(text)}.`
