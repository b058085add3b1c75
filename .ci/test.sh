# The verb `./weir test`; sourced by the launcher, whose functions it uses.

# run_tests [--quick|--long]: everything, unit tests only, or everything with long searches and fuzzing.
run_tests() {
  local mode=full
  case ${1:-} in
    '') ;;
    --quick) mode=quick ;;
    --long) mode=long ;;
    *) die 2 "test takes --quick or --long: was $1" ;;
  esac
  if [[ $mode != quick ]]; then
    if [[ $(id -u) -eq 0 ]]; then install test network guests filter; else say "not root: tests that need it are skipped"; fi
  fi
  build
  find_jdk
  local test_log=$home/target/test.log goals=(verify) status=0 begun=$SECONDS
  [[ $mode == quick ]] && goals=(test)
  [[ $mode == long ]] && goals+=(-Dweir.long=true)
  say "testing (log: target/test.log)"
  : >"$test_log"
  # Before the others, so that their reports are the ones that are counted.
  [[ $mode == long ]] && { fuzz >>"$test_log" 2>&1 || status=$?; }
  find "$home" -path '*/target/*-reports/TEST-*.xml' -delete
  mvn -B -f "$home/pom.xml" "${goals[@]}" -Dmaven.test.failure.ignore=true "-Dweir.launcher=$home/weir" \
    >>"$test_log" 2>&1 </dev/null || status=$?
  report "$status" $((SECONDS - begun))
}

# Each fuzz target alone: Jazzer searches for one target a run.
fuzz() {
  local file module class method status=0
  for file in $(find "$home" -path '*/src/test/*FuzzTest.java'); do
    module=${file#"$home/"}
    module=${module%%/src/*}
    class=$(basename "$file" .java)
    while read -r method; do
      JAZZER_FUZZ=1 mvn -B -f "$home/pom.xml" -pl "$module" -am test-compile surefire:test "-Dtest=$class#$method" \
        -Dsurefire.failIfNoSpecifiedTests=false </dev/null || status=1
    done < <(grep -A2 '@FuzzTest' "$file" | sed -nE 's/.* void ([A-Za-z0-9]+)\(.*/\1/p')
  done
  return "$status"
}

# Adds up the reports by kind: KIND TESTS FAILED SKIPPED, one line each.
count_tests() {
  find "$home" -path '*/target/surefire-reports/TEST-*.xml' -o -path '*/target/failsafe-reports/TEST-*.xml' | xargs -r awk '
    function attribute(line, name,   parts) {
      return match(line, " " name "=\"[0-9]+\"") ? substr(line, RSTART + length(name) + 3, RLENGTH - length(name) - 4) : 0
    }
    FNR == 1 { kind = FILENAME ~ /surefire/ ? "unit" : FILENAME ~ /ScenarioIT/ ? "scenario" : "integration"; seen = 0 }
    /<testsuite / && !seen {
      seen = 1
      tests[kind] += attribute($0, "tests")
      failed[kind] += attribute($0, "errors") + attribute($0, "failures")
      skipped[kind] += attribute($0, "skipped")
    }
    END { for (kind in tests) print kind, tests[kind], failed[kind], skipped[kind] }'
}

# Names what failed and what was skipped, with the reason: a log in a temporary clone is not there to be read later.
name_tests() {
  find "$home" -path '*/target/surefire-reports/TEST-*.xml' -o -path '*/target/failsafe-reports/TEST-*.xml' | xargs -r awk '
    function attribute(line, name) {
      return match(line, " " name "=\"[^\"]*\"") ? substr(line, RSTART + length(name) + 3, RLENGTH - length(name) - 4) : ""
    }
    /<testcase / { test = attribute($0, "classname") "." attribute($0, "name"); sub(/^.*io\.weir\./, "", test) }
    /<(failure|error)[ >]/ { print "  FAILED  " test ": " substr(attribute($0, "message"), 1, 600) }
    /<skipped/ {
      reason = attribute($0, "message")
      if (reason == "" && match($0, /TestAbortedException: .*/)) reason = substr($0, RSTART + 22)
      print "  skipped " test ": " reason
    }' |
    sed -e 's/&quot;/"/g; s/&apos;/'"'"'/g; s/&lt;/</g; s/&gt;/>/g; s/&#10;/ /g; s/&amp;/\&/g' | sort | uniq
}

report() {
  local status=$1 seconds=$2 kind tests failed skipped passed_all=0 failed_all=0 skipped_all=0
  local -A names=([unit]="unit and property" [integration]="integration" [scenario]="scenarios")
  name_tests
  echo "tests ran $((seconds / 60)) min $((seconds % 60)) s:"
  while read -r kind tests failed skipped; do
    printf '  %-18s %5d passed, %d failed, %d skipped\n' "${names[$kind]}" $((tests - failed - skipped)) "$failed" "$skipped"
    passed_all=$((passed_all + tests - failed - skipped))
    failed_all=$((failed_all + failed))
    skipped_all=$((skipped_all + skipped))
  done < <(count_tests | sort -r)
  if ((status != 0 && failed_all == 0)); then
    grep -E '^\[ERROR\]' "$home/target/test.log" | head -n 25 || true
    echo "the build failed; the whole log is target/test.log"
    failed_all=1
  fi
  local tail=
  ((skipped_all > 0)) && tail=", $skipped_all skipped"
  echo "$passed_all passed, $failed_all failed$tail"
  ((failed_all == 0)) || exit 1
}
