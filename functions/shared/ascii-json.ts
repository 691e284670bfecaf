/**
 * JSON in ASCII: everything beyond it as `\uXXXX`, so that no text a person can have (emoji, control characters,
 * lone surrogates) is refused by SQS, which takes only the characters of XML 1.0. Also makes length in characters
 * the length in bytes.
 */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
