# Turns sql/NNNN_name.sql into one C file: cmake -DSQL_DIR=... -DOUT=... -P sql.cmake
file(GLOB files ${SQL_DIR}/[0-9][0-9][0-9][0-9]_*.sql)
list(SORT files)
set(rows "")
foreach(file ${files})
	get_filename_component(name ${file} NAME_WE)
	string(SUBSTRING ${name} 0 4 number)
	string(SUBSTRING ${name} 5 -1 title)
	file(READ ${file} text)
	string(REPLACE "\\" "\\\\" text "${text}")
	string(REPLACE "\"" "\\\"" text "${text}")
	string(REPLACE "\n" "\\n\"\n\t \"" text "${text}")
	# 10001 - 10000: a leading zero would make the number octal
	string(APPEND rows "\t{1${number} - 10000, \"${title}\",\n\t \"${text}\"},\n")
endforeach()
file(WRITE ${OUT} "#include \"migrate.h\"\n\nconst struct migration migrations[] = {\n${rows}};\n"
	"const size_t migration_count = sizeof(migrations) / sizeof(migrations[0]);\n")
