/** What no log line may ever hold: every made-up person, value, token and key of the tests is made of one of these. */
export const SENSITIVE_FIXTURES = /fixture-|cust-00|5fbd99bac125|key-of-the-braze|local-development-token/

/** What a log line calls a run or an audience: the sender's own ids, as far as they look like ids. */
const IDS = /"(?:run|audience)": ?"[\w.-]{1,129}"/g

/** Whether a log line holds something that it may not. */
export const leaksSensitiveData = (line: string) => SENSITIVE_FIXTURES.test(line.replace(IDS, ''))
