"""What the audit log says can be neither changed nor, while it is young, removed: the database refuses."""

from django.db import migrations

MADE = """
CREATE FUNCTION web_keep_audit_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - 'person_id' = to_jsonb(NEW) - 'person_id' THEN
        RETURN NEW;  -- a person was removed; the entry still says their name
    END IF;
    IF TG_OP = 'DELETE' AND OLD.at < now() - interval '29 days' THEN
        RETURN OLD;  -- COUNTERFOIL_KEEP_LOG_DAYS is 30 at least
    END IF;
    RAISE EXCEPTION 'An entry of the audit log stays as it is.' USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER audit_entry_stays BEFORE UPDATE OR DELETE ON web_auditentry
    FOR EACH ROW EXECUTE FUNCTION web_keep_audit_entry();
"""
UNMADE = """
DROP TRIGGER audit_entry_stays ON web_auditentry;
DROP FUNCTION web_keep_audit_entry();
"""


class Migration(migrations.Migration):
    dependencies = [("web", "0009_one_time_passwords_end_a_day_from_now")]

    operations = [migrations.RunSQL(MADE, UNMADE)]
