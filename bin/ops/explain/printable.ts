/** Headers are a sender's text: what moves a terminal's cursor or hides text must not reach it. */
export const printable = (line: string) => line.replace(/\p{C}/gu, '\ufffd')
