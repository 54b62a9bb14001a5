-- What a file of schema version 5 has. Never to be changed: files of this version exist.
CREATE TABLE schema_versions (
    version INTEGER PRIMARY KEY,
    since_us INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000000 AS INTEGER))
) STRICT;
CREATE TABLE test_cases (
    name TEXT NOT NULL PRIMARY KEY,
    ref_url TEXT
) STRICT, WITHOUT ROWID;
CREATE TABLE groups (
    id INTEGER PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    description TEXT,
    ref_url TEXT
) STRICT;
CREATE TABLE results (
    id INTEGER PRIMARY KEY,
    submit_time_us INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    test_case TEXT NOT NULL,
    data TEXT NOT NULL,
    groups TEXT NOT NULL,
    note TEXT,
    ref_url TEXT,
    mentions TEXT
) STRICT;
CREATE INDEX results_by_time ON results (submit_time_us);
CREATE INDEX results_by_test_case ON results (test_case, submit_time_us);
CREATE INDEX results_by_outcome ON results (outcome, submit_time_us);
CREATE TABLE result_data (
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    submit_time_us INTEGER NOT NULL,
    result_id INTEGER NOT NULL,
    PRIMARY KEY (key, value, submit_time_us, result_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE result_groups (
    group_uuid TEXT NOT NULL,
    submit_time_us INTEGER NOT NULL,
    result_id INTEGER NOT NULL,
    PRIMARY KEY (group_uuid, submit_time_us, result_id)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER results_name_test_case BEFORE INSERT ON results BEGIN
    INSERT INTO test_cases (name, ref_url)
    VALUES (NEW.test_case, NEW.mentions ->> '$.test_case.ref_url')
    ON CONFLICT (name) DO UPDATE SET ref_url = excluded.ref_url
    WHERE json_type(NEW.mentions, '$.test_case.ref_url') IS NOT NULL
      AND test_cases.ref_url IS NOT excluded.ref_url;
END;
CREATE TRIGGER results_name_groups BEFORE INSERT ON results
WHEN NEW.groups <> '[]' BEGIN
    INSERT OR IGNORE INTO groups (uuid)
        SELECT value FROM json_each(NEW.groups) ORDER BY key DESC;
    UPDATE groups SET
        description = iif(json_type(m.value, '$.description') IS NULL,
            groups.description, m.value ->> '$.description'),
        ref_url = iif(json_type(m.value, '$.ref_url') IS NULL,
            groups.ref_url, m.value ->> '$.ref_url')
    FROM json_each(NEW.mentions, '$.groups') AS m
    WHERE groups.uuid = m.key;
END;
CREATE TRIGGER results_index_data AFTER INSERT ON results BEGIN
    INSERT OR IGNORE INTO result_data (key, value, submit_time_us, result_id)
    SELECT k.key, v.value, NEW.submit_time_us, NEW.id
    FROM json_each(NEW.data) AS k, json_each(k.value) AS v;
END;
CREATE TRIGGER results_index_groups AFTER INSERT ON results
WHEN NEW.groups <> '[]' BEGIN
    INSERT OR IGNORE INTO result_groups (group_uuid, submit_time_us, result_id)
    SELECT value, NEW.submit_time_us, NEW.id FROM json_each(NEW.groups);
END;
CREATE TRIGGER results_are_kept BEFORE DELETE ON results BEGIN
    SELECT raise(ABORT, 'results are never deleted');
END;
CREATE TRIGGER results_stay BEFORE UPDATE ON results BEGIN
    SELECT raise(ABORT, 'results are never changed');
END;
CREATE TABLE waivers (
    id INTEGER PRIMARY KEY,
    subject_type TEXT NOT NULL,
    subject_identifier TEXT NOT NULL,
    testcase TEXT NOT NULL,
    username TEXT NOT NULL,
    scenario TEXT,
    proxied_by TEXT,
    product_version TEXT NOT NULL,
    waived INTEGER NOT NULL,
    comment TEXT NOT NULL,
    timestamp_us INTEGER NOT NULL
) STRICT;
CREATE INDEX waivers_by_subject ON waivers
    (subject_identifier, testcase, subject_type, product_version);
CREATE INDEX waivers_by_test_case ON waivers (testcase);
CREATE INDEX waivers_by_user ON waivers (username);
CREATE INDEX waivers_by_time ON waivers (timestamp_us);
CREATE TRIGGER waivers_are_kept BEFORE DELETE ON waivers BEGIN
    SELECT raise(ABORT, 'waivers are never deleted');
END;
CREATE TRIGGER waivers_stay BEFORE UPDATE ON waivers BEGIN
    SELECT raise(ABORT, 'waivers are never changed');
END;
CREATE TABLE submissions (
    caller TEXT NOT NULL,
    place TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    first_result_id INTEGER NOT NULL,
    result_count INTEGER NOT NULL,
    test_case_ref_urls TEXT NOT NULL,
    PRIMARY KEY (caller, place, key)
) STRICT, WITHOUT ROWID;
CREATE VIEW new_submissions (caller, place, key, fingerprint, results) AS
    SELECT caller, place, key, fingerprint, '' FROM submissions WHERE false;
CREATE TRIGGER new_submissions_are_stored INSTEAD OF INSERT ON new_submissions BEGIN
    SELECT raise(ABORT, 'the submission key is taken') FROM submissions AS s
    WHERE s.caller = NEW.caller AND s.place = NEW.place AND s.key = NEW.key;
    INSERT INTO results (submit_time_us, outcome, test_case, data, groups, note, ref_url, mentions)
    SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3,
           value ->> 4, value ->> 5, value ->> 6, value ->> 7
    FROM json_each(NEW.results) WHERE true ORDER BY key;
    INSERT INTO submissions (caller, place, key, fingerprint,
        first_result_id, result_count, test_case_ref_urls)
    SELECT NEW.caller, NEW.place, NEW.key, NEW.fingerprint, n.first, n.count,
        (SELECT json_group_object(t.name, t.ref_url) FROM test_cases AS t
         WHERE t.ref_url IS NOT NULL
           AND t.name IN (SELECT r.test_case FROM results AS r WHERE r.id >= n.first))
    FROM (SELECT (SELECT max(id) FROM results) - json_array_length(NEW.results) + 1 AS first,
                 json_array_length(NEW.results) AS count) AS n;
END;
CREATE TRIGGER submissions_are_kept BEFORE DELETE ON submissions BEGIN
    SELECT raise(ABORT, 'submissions are never deleted');
END;
CREATE TRIGGER submissions_stay BEFORE UPDATE ON submissions BEGIN
    SELECT raise(ABORT, 'submissions are never changed');
END;
CREATE INDEX groups_by_description ON groups (description, id);
CREATE TABLE group_sizes (
    group_uuid TEXT NOT NULL PRIMARY KEY,
    results INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER result_groups_count AFTER INSERT ON result_groups BEGIN
    INSERT INTO group_sizes (group_uuid, results) VALUES (NEW.group_uuid, 1)
    ON CONFLICT (group_uuid) DO UPDATE SET results = results + 1;
END;
CREATE TABLE summaries (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    upto INTEGER NOT NULL
) STRICT;
INSERT OR IGNORE INTO summaries (one, upto) VALUES (1, 0);
CREATE TABLE frequent_values (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    is_summarised INTEGER NOT NULL DEFAULT 0,
    UNIQUE (key, value)
) STRICT;
CREATE TABLE profiles (
    id INTEGER PRIMARY KEY,
    outcome TEXT NOT NULL,
    frequent TEXT NOT NULL,
    open_keys TEXT NOT NULL,
    UNIQUE (frequent, open_keys, outcome)
) STRICT;
CREATE TABLE profile_values (
    frequent_value INTEGER NOT NULL,
    profile INTEGER NOT NULL,
    PRIMARY KEY (frequent_value, profile)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER profiles_list_values AFTER INSERT ON profiles BEGIN
    INSERT INTO profile_values (frequent_value, profile)
    SELECT value, NEW.id FROM json_each(NEW.frequent);
END;
CREATE TABLE shapes (
    id INTEGER PRIMARY KEY,
    test_case TEXT NOT NULL,
    profile INTEGER NOT NULL,
    UNIQUE (test_case, profile)
) STRICT;
CREATE INDEX shapes_by_profile ON shapes (profile, test_case);
CREATE TABLE result_shapes (
    shape INTEGER NOT NULL,
    submit_time_us INTEGER NOT NULL,
    result_id INTEGER NOT NULL,
    PRIMARY KEY (shape, submit_time_us, result_id)
) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE value_trigrams USING fts5 (
    value, content = '', columnsize = 0, detail = none, tokenize = 'trigram case_sensitive 1'
);
CREATE VIRTUAL TABLE group_trigrams USING fts5 (
    description, content = '', contentless_delete = 1, detail = none,
    tokenize = 'trigram case_sensitive 1'
);
CREATE TABLE groups_to_index (id INTEGER PRIMARY KEY) STRICT;
CREATE TRIGGER groups_wait_for_index AFTER INSERT ON groups
WHEN NEW.description IS NOT NULL BEGIN
    INSERT INTO groups_to_index (id) SELECT NEW.id
    WHERE NOT EXISTS (SELECT 1 FROM groups_to_index WHERE id = NEW.id);
END;
CREATE TRIGGER groups_wait_for_new_index AFTER UPDATE OF description ON groups
WHEN NEW.description IS NOT OLD.description BEGIN
    INSERT INTO groups_to_index (id) SELECT NEW.id
    WHERE NOT EXISTS (SELECT 1 FROM groups_to_index WHERE id = NEW.id);
END;
CREATE TRIGGER groups_are_indexed AFTER INSERT ON groups_to_index
WHEN (SELECT count(*) FROM groups_to_index) >= 128 BEGIN
    DELETE FROM group_trigrams WHERE rowid IN (SELECT id FROM groups_to_index);
    INSERT INTO group_trigrams (rowid, description)
    SELECT g.id, coalesce(g.description, '')
    FROM groups_to_index AS n CROSS JOIN groups AS g ON g.id = n.id;
    DELETE FROM groups_to_index;
END;
CREATE TABLE values_to_summarise (
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    result_id INTEGER NOT NULL,
    PRIMARY KEY (key, value, result_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE results_to_summarise (
    id INTEGER PRIMARY KEY,
    submit_time_us INTEGER NOT NULL,
    test_case TEXT NOT NULL,
    outcome TEXT NOT NULL,
    frequent TEXT NOT NULL,
    open_keys TEXT NOT NULL
) STRICT;
CREATE VIEW values_of_result (id, data, groups) AS SELECT 0, '{}', '[]' WHERE false;
CREATE TRIGGER values_of_results INSTEAD OF INSERT ON values_of_result BEGIN
    INSERT OR IGNORE INTO values_to_summarise (key, value, result_id)
    SELECT k.key, v.value, NEW.id FROM json_each(NEW.data) AS k, json_each(k.value) AS v
    UNION ALL SELECT ':group', g.value, NEW.id FROM json_each(NEW.groups) AS g
    UNION ALL SELECT ':none', '', NEW.id;
END;
CREATE TRIGGER summaries_grow AFTER UPDATE OF upto ON summaries
WHEN NEW.upto > OLD.upto BEGIN
    INSERT INTO values_of_result
    SELECT id, data, groups FROM results WHERE id > OLD.upto AND id <= NEW.upto;
    INSERT INTO frequent_values (key, value)
    SELECT key, value FROM (SELECT DISTINCT key, value FROM values_to_summarise) AS d
    WHERE NOT EXISTS (SELECT 1 FROM frequent_values AS f
        WHERE f.key = d.key AND f.value = d.value)
    AND CASE d.key
        WHEN ':group' THEN (SELECT results FROM group_sizes WHERE group_uuid = d.value) >= 500
        ELSE EXISTS (SELECT 1 FROM result_data AS c
            WHERE c.key = d.key AND c.value = d.value LIMIT 1 OFFSET 499) END
    LIMIT max(0, 500 - (SELECT count(*) FROM frequent_values));
    INSERT INTO values_of_result
    SELECT r.id, r.data, r.groups FROM (
        SELECT d.result_id AS id FROM frequent_values AS f CROSS JOIN result_data AS d
            ON d.key = f.key AND d.value = f.value AND d.result_id <= OLD.upto
            WHERE f.is_summarised = 0
        UNION SELECT g.result_id FROM frequent_values AS f CROSS JOIN result_groups AS g
            ON g.group_uuid = f.value AND g.result_id <= OLD.upto
            WHERE f.is_summarised = 0 AND f.key = ':group'
    ) AS n CROSS JOIN results AS r ON r.id = n.id;
    UPDATE frequent_values SET is_summarised = 1 WHERE is_summarised = 0;
    INSERT INTO results_to_summarise
    SELECT r.id, r.submit_time_us, r.test_case, r.outcome, n.frequent, n.open_keys FROM (
        SELECT result_id,
            json_group_array(frequent) FILTER (WHERE frequent IS NOT NULL) AS frequent,
            json_group_array(open_key) FILTER (WHERE open_key IS NOT NULL) AS open_keys
        FROM (
            SELECT DISTINCT v.result_id AS result_id, f.id AS frequent,
                iif(f.id IS NULL AND substr(v.key, 1, 1) <> ':', v.key, NULL) AS open_key
            FROM values_to_summarise AS v
            LEFT JOIN frequent_values AS f ON f.key = v.key AND f.value = v.value
            ORDER BY 1, 2, 3
        ) GROUP BY result_id
    ) AS n CROSS JOIN results AS r ON r.id = n.result_id;
    INSERT OR IGNORE INTO profiles (outcome, frequent, open_keys)
    SELECT DISTINCT outcome, frequent, open_keys FROM results_to_summarise;
    INSERT OR IGNORE INTO shapes (test_case, profile)
    SELECT DISTINCT n.test_case, p.id FROM results_to_summarise AS n CROSS JOIN profiles AS p
    ON p.frequent = n.frequent AND p.open_keys = n.open_keys AND p.outcome = n.outcome;
    INSERT OR IGNORE INTO result_shapes (shape, submit_time_us, result_id)
    SELECT s.id, n.submit_time_us, n.id FROM results_to_summarise AS n
    CROSS JOIN profiles AS p
        ON p.frequent = n.frequent AND p.open_keys = n.open_keys AND p.outcome = n.outcome
    CROSS JOIN shapes AS s ON s.test_case = n.test_case AND s.profile = p.id
    ORDER BY 1, 2, 3;
    INSERT INTO value_trigrams (rowid, value)
    SELECT first_id, group_concat(value, char(10)) FROM (
        SELECT key, value, min(result_id) AS first_id FROM values_to_summarise
        WHERE result_id > OLD.upto AND substr(key, 1, 1) <> ':' GROUP BY key, value
    ) AS d WHERE NOT EXISTS (SELECT 1 FROM result_data AS e
        WHERE e.key = d.key AND e.value = d.value AND e.result_id <= OLD.upto)
    GROUP BY first_id;
    DELETE FROM values_to_summarise;
    DELETE FROM results_to_summarise;
END;
CREATE TRIGGER results_summarise AFTER INSERT ON results
WHEN NEW.id % 128 = 0 BEGIN
    UPDATE summaries SET upto = NEW.id WHERE upto < NEW.id;
END;
ALTER TABLE waivers ADD COLUMN needs_approval INTEGER NOT NULL DEFAULT 0;
ALTER TABLE waivers ADD COLUMN expires_us INTEGER;
ALTER TABLE waivers ADD COLUMN scope TEXT;
ALTER TABLE waivers ADD COLUMN reason TEXT;
ALTER TABLE waivers ADD COLUMN link TEXT;
CREATE INDEX waivers_requested ON waivers
    (subject_identifier, testcase, subject_type, product_version) WHERE needs_approval = 1;
CREATE INDEX waivers_requested_by_time ON waivers (timestamp_us)
    WHERE needs_approval = 1;
CREATE TABLE waiver_steps (
    id INTEGER PRIMARY KEY,
    waiver_id INTEGER NOT NULL,
    action TEXT NOT NULL CHECK (action IN ('approved', 'denied', 'withdrawn')),
    username TEXT NOT NULL,
    proxied_by TEXT,
    comment TEXT NOT NULL,
    timestamp_us INTEGER NOT NULL,
    newest_waiver_id INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX waiver_steps_by_waiver ON waiver_steps
    (waiver_id, action = 'withdrawn');
CREATE TRIGGER waiver_steps_are_allowed BEFORE INSERT ON waiver_steps BEGIN
    SELECT raise(ABORT, 'step refused: no such waiver')
    WHERE NOT EXISTS (SELECT 1 FROM waivers WHERE id = NEW.waiver_id);
    SELECT CASE s.action
        WHEN 'withdrawn' THEN raise(ABORT, 'step refused: withdrawn')
        WHEN 'denied' THEN raise(ABORT, 'step refused: denied')
    END FROM waiver_steps AS s WHERE s.waiver_id = NEW.waiver_id ORDER BY s.id DESC;
    SELECT CASE
        WHEN NEW.action <> 'withdrawn' AND w.needs_approval = 0
            THEN raise(ABORT, 'step refused: needs no approval')
        WHEN NEW.action <> 'withdrawn'
            AND EXISTS (SELECT 1 FROM waiver_steps WHERE waiver_id = NEW.waiver_id)
            THEN raise(ABORT, 'step refused: approved')
        WHEN w.expires_us <= NEW.timestamp_us
            THEN raise(ABORT, 'step refused: expired')
        WHEN NEW.action <> 'withdrawn' AND (NEW.username IN (w.username, w.proxied_by)
            OR NEW.proxied_by IN (w.username, w.proxied_by))
            THEN raise(ABORT, 'step refused: own request')
    END FROM waivers AS w WHERE w.id = NEW.waiver_id;
END;
CREATE TRIGGER waiver_steps_are_kept BEFORE DELETE ON waiver_steps BEGIN
    SELECT raise(ABORT, 'steps of waivers are never deleted');
END;
CREATE TRIGGER waiver_steps_stay BEFORE UPDATE ON waiver_steps BEGIN
    SELECT raise(ABORT, 'steps of waivers are never changed');
END;
CREATE TABLE policy_sets (
    id INTEGER PRIMARY KEY,
    revision TEXT NOT NULL UNIQUE,
    documents TEXT NOT NULL
) STRICT;
CREATE TABLE policy_activations (
    id INTEGER PRIMARY KEY,
    since_us INTEGER NOT NULL,
    revision TEXT NOT NULL
) STRICT;
CREATE INDEX policy_activations_by_time ON policy_activations (since_us);
CREATE VIEW new_policy_activations (since_us, revision, documents) AS
    SELECT since_us, revision, '' FROM policy_activations WHERE false;
CREATE TRIGGER new_policy_activations_are_stored
INSTEAD OF INSERT ON new_policy_activations BEGIN
    INSERT INTO policy_sets (revision, documents) SELECT NEW.revision, NEW.documents
    WHERE NOT EXISTS (SELECT 1 FROM policy_sets WHERE revision = NEW.revision);
    INSERT INTO policy_activations (since_us, revision) SELECT NEW.since_us, NEW.revision
    WHERE NEW.revision IS NOT
        (SELECT a.revision FROM policy_activations AS a ORDER BY a.id DESC LIMIT 1);
END;
CREATE TRIGGER policy_sets_are_kept BEFORE DELETE ON policy_sets BEGIN
    SELECT raise(ABORT, 'policy sets are never deleted');
END;
CREATE TRIGGER policy_sets_stay BEFORE UPDATE ON policy_sets BEGIN
    SELECT raise(ABORT, 'policy sets are never changed');
END;
CREATE TRIGGER policy_activations_are_kept BEFORE DELETE ON policy_activations
BEGIN
    SELECT raise(ABORT, 'activations of policies are never deleted');
END;
CREATE TRIGGER policy_activations_stay BEFORE UPDATE ON policy_activations BEGIN
    SELECT raise(ABORT, 'activations of policies are never changed');
END;
INSERT INTO schema_versions (version) VALUES (1), (2), (3), (4), (5);
