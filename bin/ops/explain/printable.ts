/**
 * Headers are a sender's text. Characters that move a terminal's cursor or hide text must not reach the
 * terminal.
 */
export const printable = (line: string) => line.replace(/\p{C}/gu, '\ufffd')
