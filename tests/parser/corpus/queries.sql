SELECT
WITH RECURSIVE a (x) AS MATERIALIZED (SELECT 1 UNION ALL SELECT x + 1 FROM a), b AS NOT MATERIALIZED ((SELECT 1) UNION SELECT 2) SELECT * FROM a, b
SELECT 1 UNION SELECT 2 EXCEPT ALL SELECT 3 INTERSECT SELECT 4 ORDER BY 1 LIMIT 5 OFFSET 2
(SELECT 1 LIMIT 1) UNION ALL (SELECT 2 ORDER BY 1) LIMIT 3
(SELECT 1 LIMIT 5) ORDER BY 1
((SELECT 1))
SELECT ((SELECT 1)), ((SELECT 1) + 1), f((SELECT 1)), array_agg((SELECT 1) ORDER BY 1)
SELECT * FROM ((SELECT 1) UNION (SELECT 2)) x
SELECT * FROM (a JOIN b ON a.x = b.x) LEFT JOIN (c CROSS JOIN d) AS z (p, q) USING (x)
SELECT * FROM a NATURAL LEFT JOIN b RIGHT JOIN c ON TRUE FULL OUTER JOIN d USING (x, y), LATERAL (SELECT 1) l
SELECT * FROM a ASOF JOIN b ON a.k = b.k AND a.ts >= b.ts
SELECT * FROM a ASOF LEFT JOIN b MATCH_CONDITION (a.ts >= b.ts) ON a.k = b.k
SELECT * FROM a LEFT ASOF JOIN b MATCH_CONDITION (a.ts >= b.ts) USING (k)
SELECT * FROM a LEFT SEMI JOIN b ON a.x = b.x ANTI JOIN c ON a.x = c.x
SELECT * FROM o JOIN r FOR SYSTEM_TIME AS OF o.ts AS x ON o.c = x.c
SELECT * FROM o LEFT JOIN r FOR SYSTEM_TIME AS OF PROCTIME() ON TRUE
SELECT * FROM a JOIN b WITHIN 1 HOUR GRACE PERIOD 5 MINUTES ON a.id = b.id
SELECT * FROM a JOIN b WITHIN (1 HOUR, 2 HOURS) ON a.id = b.id
SELECT * FROM TUMBLE(bids, ts, INTERVAL '1 minute') AS w
SELECT * FROM HOP(bids, ts, INTERVAL '10' SECOND, INTERVAL '1' MINUTES)
SELECT * FROM TABLE(TUMBLE(TABLE bids, DESCRIPTOR(ts), INTERVAL '10' MINUTE)) t
SELECT * FROM TABLE(SESSION(TABLE e PARTITION BY dev, a ORDER BY ts, DESCRIPTOR(ts), INTERVAL '5' MINUTES))
SELECT * FROM TUMBLE(DATA => TABLE bids, TIMECOL => DESCRIPTOR(ts), SIZE => INTERVAL '1' HOUR)
SELECT * FROM ML_PREDICT(TABLE s, MODEL m, DESCRIPTOR(a, b))
SELECT * FROM CUMULATE(TABLE (SELECT 1), DESCRIPTOR(ts), INTERVAL '1' WEEK, INTERVAL 5 MINUTES)
SELECT * FROM generate_series(1, 10) WITH ORDINALITY AS g (x, n), UNNEST(ARRAY[1,2]) u, ROWS FROM (f(1), g(2) AS (a int, b text)) WITH ORDINALITY r
SELECT * FROM json_to_record('{}') AS x (a int, b text), f() AS (c int)
SELECT count(*) FROM t GROUP BY a, ROLLUP (b, (c, d)), CUBE (e), GROUPING SETS ((a, b), a, (), ROLLUP (x)), ()
SELECT TUMBLE_START(ts, INTERVAL '1' MINUTE) FROM t GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE), k HAVING count(*) > 1
SELECT dev, avg(t) FROM e WINDOW TUMBLING (SIZE 1 MINUTE, GRACE PERIOD 10 SECONDS) WHERE x > 1 GROUP BY dev EMIT FINAL
SELECT 1 FROM e WINDOW HOPPING (SIZE 1 MINUTE, ADVANCE BY 10 SECONDS) GROUP BY dev EMIT CHANGES
SELECT 1 FROM e WINDOW SESSION (5 MINUTES) GROUP BY dev
SELECT sum(a) OVER w, row_number() OVER (PARTITION BY b ORDER BY c ROWS BETWEEN 1 PRECEDING AND CURRENT ROW EXCLUDE TIES), lag(a, 1) IGNORE NULLS OVER (w RANGE UNBOUNDED PRECEDING) FROM t WINDOW w AS (PARTITION BY x), session AS (w ORDER BY y) QUALIFY rank() OVER w <= 3
SELECT * FROM t ORDER BY a FETCH FIRST 5 ROWS ONLY
SELECT * FROM t OFFSET 5 ROWS FETCH NEXT (1 + 1) ROWS WITH TIES
SELECT * FROM t FETCH FIRST ROW ONLY FOR UPDATE OF t NOWAIT FOR KEY SHARE SKIP LOCKED
SELECT * FROM t LIMIT ALL
VALUES (1, 'a'), (2, DEFAULT)
TABLE t
SELECT (TABLE t), EXISTS (TABLE t), x IN (TABLE t)
SELECT a FROM t EMIT CHANGES
SELECT a FROM t WHERE emit > 1
SELECT a FROM t AS emit
SELECT pattern, stream, at, window_start, key, "offset", value, timestamp, date, time, partition, source, sink, model, alert, epoch, first, last, size, start, level, year, day, type, name, data, action, time zone FROM t
SELECT value v, key k, position, time, values, row, timestamp "x" FROM t value
SELECT -a ^ 2, - 5, +a, - - a, a - -1, @ -5, ~ a, a || b || c, a @> b, a -> 'x' ->> 'y', a #>> '{a}', a ? 'b', a ?| ARRAY['x'], a OPERATOR(pg_catalog.+) b, a ~* 'x', a !~ 'y', a <-> b
SELECT a + b * c ^ d - e % f / g, (a + b) * c, a = b OR c AND NOT d = e
SELECT a BETWEEN b AND c AND d, a NOT BETWEEN SYMMETRIC 1 AND 2, x BETWEEN d.a AND d.b
SELECT a LIKE 'x' ESCAPE '\', a NOT ILIKE b, a SIMILAR TO 'x', a NOT LIKE ALL (ARRAY['a']), a = ANY ($1), a <> ALL (SELECT 1), a > SOME (b), a = ANY ('{}'::int[])
SELECT a IN (1, 2), a NOT IN (SELECT 1), (a, b) IN ((1, 2), (3, 4)), ROW(a) = ROW(), ROW(1, 2)
SELECT a IS NULL, b IS NOT TRUE, c ISNULL, d NOTNULL, e IS DISTINCT FROM f, g IS NOT DISTINCT FROM h, i IS UNKNOWN, a = b IS NULL
SELECT CAST(a AS numeric(10, 2)), a::int[], a::text[][3], a::timestamp(3) with time zone, a::character varying(10), a::char, a::"char", a::double precision, a::interval day to second(3), a::bit varying(5), a::pg_catalog.int4, a::time, a::int ARRAY[5], a::int::text
SELECT DATE '2020-01-01', TIMESTAMP WITH TIME ZONE '2020-01-01', TIME '10:00', INTERVAL '1' MINUTE, INTERVAL '1-2' YEAR TO MONTH, INTERVAL (3) '1.5', INTERVAL '1' SECOND(2), float8 '1.5', pg_catalog.int4 '5', bit '101', jsonb '{}'
SELECT CASE WHEN a THEN b END, CASE a WHEN 1 THEN 2 WHEN 3 THEN 4 ELSE 5 END, COALESCE(a, b), NULLIF(a, b), GREATEST(a, b), LEAST(a)
SELECT ARRAY[1, 2], ARRAY[[1], [2]], ARRAY[], ARRAY(SELECT 1), a[1], a[1:2], a[:2], a[1:], a[:], a[1][2], (ARRAY[1, 2])[1], (a::int[])[1]
SELECT EXTRACT(epoch FROM a), EXTRACT('day' FROM b), SUBSTRING(a FROM 1 FOR 2), SUBSTRING(a FOR 2), SUBSTRING(a, 1), SUBSTRING(a FROM 2), POSITION('a' IN b), OVERLAY(a PLACING b FROM 1 FOR 2), TRIM(a), TRIM(LEADING 'x' FROM a), TRIM(BOTH FROM a), TRIM('x' FROM a), TRIM(TRAILING FROM a), TRIM(a, 'x'), a AT TIME ZONE 'UTC'
SELECT CURRENT_DATE, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP(3), LOCALTIME, CURRENT_USER, SESSION_USER, USER, CURRENT_SCHEMA, current_schema(), CURRENT_CATALOG
SELECT count(*), count(DISTINCT a), sum(a) FILTER (WHERE b > 1), string_agg(a, ',' ORDER BY b DESC), percentile_cont(0.5) WITHIN GROUP (ORDER BY a), f(a => 1, b := 2), f(VARIADIC a), f(), left(a, 2), right(a, 1), GROUPING(a, b), year(a), count(t.*), pg_catalog.format_type(a, NULL), "Foo"(a)
SELECT (a, b) OVERLAPS (c, d), a COLLATE "C" < b, B'101', X'1F', E'a\nb\'\x41\u00e9', U&'d\0061t!+000061' , U&'d!0061' UESCAPE '!', $$it's$$, $x$a$$b$x$, N'n', 1e5, .5, 5., 1.5e-3
SELECT $1::int, $2 + $3
SELECT "A b", "a""c", U&"d\0061t" FROM "Q"."T"
SELECT * FROM t MATCH_RECOGNIZE (PARTITION BY dev INACTIVE AFTER INTERVAL '30' MINUTE ORDER BY ts MEASURES MATCH_NUMBER() AS n, CLASSIFIER() AS c, FINAL LAST(up.temp) AS t, RUNNING count(A.*) AS r ALL ROWS PER MATCH WITH UNMATCHED ROWS AFTER MATCH SKIP TO FIRST up PATTERN (PERMUTE(a, b) {- noise* -} (up down?)+ | ^ reset{2,3}? (x | y)*? () $ z{3} q{,5} w{2,} v{,}) WITHIN INTERVAL '5 minutes' SUBSET x = (up, down), y = (a) DEFINE up AS temp > LAST(up.temp, 1), down AS TRUE) AS m (a, b)
SELECT * FROM t AS z MATCH_RECOGNIZE (ORDER BY ts ONE ROW PER MATCH WITH TIMEOUT ROWS AFTER MATCH SKIP PAST LAST ROW PATTERN (A+? B) WITHIN 3 DEFINE A AS PREV(v) < v) EMIT ON WINDOW CLOSE
SELECT interval '1' days, extract(day from x) days FROM t
SELECT * FROM a, b WHERE EXISTS (SELECT FROM c WHERE c.x = a.x) AND a.y = (SELECT max(y) FROM b)
SELECT 'a'
SELECT to_char(a, 'x') AS "select", b AS from FROM t
SELECT * FROM information_schema.columns c WHERE c.table_name = 't' AND NOT c.is_nullable
SELECT a FROM t WHERE ts > now() - INTERVAL '5 minutes' AND b IN (SELECT x FROM y) GROUP BY ALL a
SELECT DISTINCT ON (a, b) a, b AS c, t.*, (r).x, (r).*, f(x).y FROM t WHERE a = 1 ORDER BY a DESC NULLS LAST
