import type { Json } from '../../../../functions/shared/json.ts'
import {
  readStandardField,
  STANDARD_FIELDS,
  standardFieldNamed,
  standardFieldRule,
} from '../../../../functions/shared/standard-fields.ts'
import { epochUnit } from './dates.ts'
import { columnSetting, isAttribute, type SentColumn, type SentRequest } from './sent-request.ts'
import type { Warning } from './warning.ts'
import { isFalse, isTrue, isTypingError, plainHeader, wordSet } from './words.ts'

/** The names of Braze's fields in other systems and languages. */
const NAMES: Readonly<Record<string, string>> = {
  email: `
    email_address emails e_mail_address emailaddr email_addr mail mail_address mailaddr primary_email user_email
    customer_email contact_email person_email profile_email email_id email_1 email1 emailadresse e_mail_adresse
    mailadresse e_mailadresse courriel adresse_mail adresse_email adresse_e_mail adresse_courriel adressemail correo
    correo_electronico correo_electrónico direccion_de_correo email_del_cliente indirizzo_email posta_elettronica
    endereco_de_email emailadres e_mailadres e_postadresse e_post epost`,
  first_name: `
    fname f_name first_nm firstnm given_name givenname given_names forename forenames name_first first_name_c
    customer_first_name person_first_name vorname vornamen rufname prenom prénom nombre nombres primer_nombre nome
    primeiro_nome voornaam fornavn förnamn fornamn imie imię`,
  last_name: `
    lname l_name last_nm lastnm surname sur_name family_name familyname name_last last_name_c customer_last_name
    person_last_name nachname familienname zuname nom nom_de_famille nomdefamille apellido apellidos primer_apellido
    cognome sobrenome apelido achternaam efternavn efternamn etternavn nazwisko`,
  phone: `
    phone_number phone_no phone_nr phone_num phonenum phone1 phone_1 primary_phone mobile mobile_phone mobile_number
    mobile_no mobile_phone_number mobile_num cell cell_phone cellphone cell_number cell_phone_number telephone
    telephone_number tel tel_nr tel_no telno telnr telefon telefonnummer telefon_nr mobiltelefon mobilnummer mobil handy
    handynummer handy_nr rufnummer numero_de_telephone numero_telephone téléphone num_tel portable numero_portable
    tel_portable telefono teléfono telefono_movil numero_de_telefono movil móvil celular numero_celular cellulare
    telefone telemovel telefoonnummer telefoon mobiel msisdn gsm gsm_number sms_number whatsapp_number`,
  dob: `
    birthday birth_day birth_date birthdate date_of_birth dateofbirth birth_dt birthdt bday b_day birth_dob dob_date
    person_birthdate geburtsdatum geburtstag geb_datum gebdatum gebdat date_de_naissance date_naissance datenaissance
    naissance fecha_de_nacimiento fecha_nacimiento fechanacimiento data_di_nascita data_nascita data_de_nascimento
    data_nascimento geboortedatum fødselsdato födelsedatum data_urodzenia`,
  home_city: `
    city town city_name home_town hometown billing_city mailing_city residence_city address_city locality stadt ort
    wohnort ville ciudad città citta cidade localidad poblacion woonplaats plaats stad by_navn miasto`,
  country: `
    country_code countrycode country_cd country_iso country_iso_code iso_country iso_country_code country_iso2
    country_iso3 country_name home_country country_of_residence billing_country mailing_country address_country
    country_2 land laendercode ländercode land_code landcode laenderkennzeichen länderkennzeichen laenderkuerzel pays
    code_pays pais país codigo_pais codigo_de_pais paese nazione nazionalita codice_paese landkode kraj nation`,
  language: `
    lang lang_code language_code languagecode language_iso iso_language preferred_language preferred_lang
    language_preference user_language locale user_locale locale_code device_locale sprache sprachcode sprach_code
    sprachkuerzel langue code_langue langue_preferee idioma codigo_idioma lingua taal taalcode språk sprog jezyk język`,
  time_zone: `
    tz tz_name tzname tz_id tzid time_zone_name timezone_name time_zone_id timezone_id iana_time_zone iana_timezone
    olson_time_zone user_time_zone user_timezone local_time_zone local_timezone zeitzone fuseau_horaire fuseauhoraire
    zona_horaria zonahoraria fuso_orario fuso_horario tijdzone tidszon tidssone`,
  gender: `
    sex gender_code gender_cd gender_identity geschlecht geschlechtscode sexe genre sexo genero género sesso genere
    geslacht kjønn kön køn plec płeć`,
  email_subscribe: `
    email_opt_in email_optin opt_in_email optin_email email_opted_in email_subscribed email_subscription
    email_subscription_status email_subscription_state email_subscribe_status email_consent email_consent_status
    email_permission email_marketing email_marketing_consent email_marketing_opt_in email_status email_optin_status
    marketing_email_opt_in marketing_emails accepts_email_marketing accepts_marketing subscribed_to_email
    subscribed_to_emails newsletter newsletter_opt_in newsletter_optin newsletter_subscription newsletter_subscribed
    newsletter_status newsletter_consent newsletter_anmeldung newsletter_einwilligung email_einwilligung
    consentement_email abonne_newsletter abonnement_newsletter optin_newsletter inscription_newsletter
    consentimiento_email suscripcion_email suscrito_newsletter consenso_email iscrizione_newsletter`,
  push_subscribe: `
    push_opt_in push_optin opt_in_push optin_push push_opted_in push_subscribed push_subscription
    push_subscription_status push_subscription_state push_consent push_permission push_notification_opt_in
    push_notifications_opt_in app_push_opt_in push_status push_einwilligung consentement_push consentimiento_push`,
  image_url: `
    avatar avatar_url photo photo_url profile_photo profile_photo_url picture picture_url profile_picture
    profile_picture_url profile_image profile_image_url image_uri profilbild foto photo_de_profil foto_de_perfil`,
}

/** Names for consent with the opposite meaning. */
const REVERSED: Readonly<Record<string, string>> = {
  email_subscribe: `
    email_opt_out email_optout opt_out_email optout_email email_opted_out email_unsubscribed unsubscribed_email
    has_opted_out_of_email email_unsubscribe newsletter_opt_out newsletter_unsubscribed do_not_email`,
  push_subscribe: 'push_opt_out push_optout push_opted_out push_unsubscribed push_unsubscribe',
}

const byHeader = (names: Readonly<Record<string, string>>) =>
  new Map(
    Object.entries(names).flatMap(([field, headers]) =>
      headers
        .trim()
        .split(/\s+/)
        .map((header) => [plainHeader(header), field] as const),
    ),
  )

const FIELD_OF = byHeader(NAMES)
const REVERSED_FIELD_OF = byHeader(REVERSED)

const isWords = (value: Json) =>
  typeof value === 'string' && /^\p{L}[\p{L}\p{M}\s.'’-]{0,99}$/u.test(value.trim())
const isPhone = (value: Json) => {
  const text = typeof value === 'object' ? '' : String(value).trim()
  const digits = text.replace(/\D/g, '').length
  return /^[+(]?[\d\s()./-]+$/.test(text) && digits >= 6 && digits <= 16
}
const isDate = (value: Json) =>
  typeof value === 'string' && /^\d{1,4}[-/. ]\d{1,2}[-/. ]\d{1,4}/.test(value.trim())
const isConsent = (value: Json) => isTrue(value) || isFalse(value) || fits('email_subscribe')(value)
const isGender = (value: Json) => typeof value === 'string' && /^\p{L}[\p{L} -]{0,19}$/u.test(value.trim())
const isUrl = (value: Json) => typeof value === 'string' && /^https?:\/\//i.test(value.trim())
const fits = (field: string) => (value: Json) =>
  standardFieldRule(field, readStandardField(field, value)) === undefined

/** What the values of each field look like, so that a column of the same name with another meaning is not mentioned. */
const LOOKS_RIGHT: Readonly<Record<string, (value: Json) => boolean>> = {
  first_name: isWords,
  last_name: isWords,
  home_city: isWords,
  phone: isPhone,
  dob: isDate,
  gender: isGender,
  email_subscribe: isConsent,
  push_subscribe: isConsent,
  image_url: isUrl,
}

/** In every export, some rows are wrong. */
const LEAST_SHARE = 0.9

function looksLike(column: SentColumn, field: string): boolean {
  const { values } = column
  if (values.length === 0) return false
  if (field === 'dob' && epochUnit({ ...column, name: 'dob' }) !== undefined) return true
  const looksRight = LOOKS_RIGHT[field] ?? fits(field)
  return values.filter(looksRight).length >= values.length * LEAST_SHARE
}

/** Real words that are one letter from a field. */
const OTHER_WORDS = wordSet(`
  county listname sender lastgame castname fastname render tender
`)

function typingErrorOf(plain: string): string | undefined {
  if (OTHER_WORDS.has(plain)) return undefined
  return [...STANDARD_FIELDS].find((field) => isTypingError(plain, plainHeader(field)))
}

/** Finds attributes that may be meant for one of Braze's own fields. */
export function standardFields(request: SentRequest): Warning[] {
  const filled = new Set(
    request.columns.flatMap(({ readAs, writtenAs, isSettable, name }) =>
      readAs.includes('standard field') ? (isSettable ? writtenAs : [name]) : [],
    ),
  )
  return request.columns.flatMap((column) => {
    if (!isAttribute(column) || column.rule.rename !== undefined || column.values.length === 0) return []
    const found = request.isTrack ? exceptForCase(column.name) : fieldOf(column)
    if (!found || filled.has(found.field)) return []
    filled.add(found.field)
    return [warning(column, found)]
  })
}

type Found = { field: string; how: 'same' | 'other' | 'reversed' }

function exceptForCase(name: string): Found | undefined {
  const field = standardFieldNamed(name)
  return field === undefined ? undefined : { field, how: 'same' }
}

function fieldOf(column: SentColumn): Found | undefined {
  const same = exceptForCase(column.name)
  if (same) return same
  const plain = plainHeader(column.name)
  const reversed = REVERSED_FIELD_OF.get(plain)
  if (reversed !== undefined)
    return looksLike(column, reversed) ? { field: reversed, how: 'reversed' } : undefined
  const field = FIELD_OF.get(plain) ?? typingErrorOf(plain)
  return field !== undefined && looksLike(column, field) ? { field, how: 'other' } : undefined
}

function warning(column: SentColumn, { field, how }: Found): Warning {
  const isConsentField = field === 'email_subscribe' || field === 'push_subscribe'
  const isReadable = !isConsentField || column.values.every(fits(field))
  const unit = field === 'dob' ? epochUnit({ ...column, name: 'dob' }) : undefined
  const canRename = how !== 'reversed' && isReadable
  return {
    code: 'STANDARD_FIELD_NOT_READ',
    column: column.column,
    rows: column.values.length,
    message: `${
      how === 'same'
        ? `The header differs from Braze's own field "${field}" only in case, spaces, "-" or "_".`
        : `The column may be meant for Braze's own field "${field}".`
    } It is stored as a custom attribute, so ${EFFECT[field] ?? `the field "${field}" stays empty`}. ${toDo(column, field, canRename)}`,
    ...(canRename && columnSetting(column, { rename: field, ...(unit && { type: unit }) })),
  }
}

const EFFECT: Readonly<Record<string, string>> = {
  email: 'Braze cannot send e-mail to this address',
  phone: 'Braze cannot send messages to this number',
  email_subscribe: 'Braze keeps sending e-mail to people who unsubscribed',
  push_subscribe: 'Braze keeps sending push messages to people who unsubscribed',
  time_zone: 'messages that are sent at local time ignore it',
}

function toDo({ isSettable }: SentColumn, field: string, canRename: boolean): string {
  if (!canRename)
    return `If that field is meant, export a column "${field}" with opted_in, subscribed or unsubscribed: true and false are ambiguous.`
  return isSettable
    ? 'If that field is meant, rename the column.'
    : `If that field is meant, send the column as "${field}".`
}
