/** No log line may match this, and every made-up person, value, token and key in the tests does. */
export const SENSITIVE_FIXTURES = /fixture-|cust-00|5fbd99bac125|key-of-the-braze|local-development-token/

/** A log line may name a run or an audience by the sender's own id, if that cannot be a person's. */
const IDS = /"(?:run|audience)": ?"(?=[^"]*\d)[\w-]{1,129}"/g

/** Whether a log line contains sensitive data, apart from the ids that it may contain. */
export const leaksSensitiveData = (line: string) => SENSITIVE_FIXTURES.test(line.replace(IDS, ''))
